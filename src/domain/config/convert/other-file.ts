import type { DocumentNode } from '../../document/node.ts';
import type { Problem } from '../../document/problem.ts';

/** A text of another tool that a user named, or found in a folder of theirs. */
export interface OtherText {
  /** What places call it. */
  readonly name: string;
  readonly text: string;
}

/** The objects of another tool's files, in the members of the Management API. */
export interface OtherObjects {
  readonly tenant?: DocumentNode | undefined;
  readonly clients: readonly DocumentNode[];
  readonly apis: readonly DocumentNode[];
  readonly grants: readonly OtherGrant[];
  /** What cannot be read at all. */
  readonly problems: readonly Problem[];
}

/** A client grant. */
export interface OtherGrant {
  readonly node: DocumentNode;
  /** The name or client id of its application, not yet as a configuration has it; undefined where the file does not give it. */
  readonly app: string | undefined;
}
