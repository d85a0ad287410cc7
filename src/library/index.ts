// What the package exports. Importing it has no side effects; docs/library.md has examples.
export { type AnonError, type ErrorCode, isAnonError } from '../errors.ts';
export type { LocalActionRemoveResult, LocalActionResult, LocalActionTestResult } from './action-results.ts';
export type { LocalClockResult } from './clock-results.ts';
export type {
  ConfigApplyResult,
  ConfigChangeResult,
  ConfigDifferenceResult,
  ConfigDiffResult,
  ConfigDriftResult,
  ConfigExportResult,
  ConfigObjectResult,
  ConfigPlanResult,
  ConfigUndoEntryResult,
  ConfigUndoResult,
} from './config-plan-results.ts';
export type {
  ConfigConvertResult,
  ConfigInitResult,
  ConfigPlaceResult,
  ConfigPolicyResult,
  ConfigProblemResult,
  ConfigSchemaResult,
  ConfigValidateResult,
  DoctorPolicyResult,
} from './config-results.ts';
export { type CreateSessionOptions, createSession, type GuestTokens } from './create-session.ts';
export {
  type DecodedToken,
  type DecodeTokenOptions,
  decodeToken,
  type Key,
  type TokenSeal,
  type TokenSignature,
} from './decode-token.ts';
export type {
  LocalFaultClearResult,
  LocalFaultRemoveResult,
  LocalFaultResult,
  LocalLimitResult,
} from './fault-results.ts';
export type { DoctorResult, MatrixCellResult, QuickstartResult, SetupResult } from './gate-results.ts';
export type { LocalKeyResult, LocalKeyRevokeResult, LocalKeyRotateResult } from './key-results.ts';
export type {
  AsidesResult,
  CompletionResult,
  ErrorResult,
  LocalCaResult,
  LocalEnvResult,
  LocalExportResult,
  LocalImportResult,
  LocalResetResult,
  LocalResult,
  LocalTrustResult,
  LocalUseDatabaseResult,
  LoginResult,
  ProfileRemoveResult,
  ProfileResult,
  ProfileViewResult,
  StatusResult,
  VersionResult,
} from './profile-results.ts';
export type { TransferRehearseResult } from './rehearsal-results.ts';
export type { LocalRequestResult } from './request-results.ts';
export type {
  LocalServerResult,
  LocalStartResult,
  LocalStatusResult,
  LocalStopResult,
  SeededGuestResult,
} from './server-results.ts';
export type {
  SessionExport,
  SessionForgetResult,
  SessionImportResult,
  SessionRenameResult,
  SessionResult,
  SessionUseResult,
  SessionViewResult,
} from './session-results.ts';
export type {
  LocalDiffResult,
  LocalSnapshotRemoveResult,
  LocalSnapshotRestoreResult,
  LocalSnapshotResult,
  LocalSnapshotSaveResult,
} from './snapshot-results.ts';
export type { TenantOptions } from './tenant-options.ts';
export type {
  AllowedOriginResult,
  ApiDeleteResult,
  ApiResult,
  ApiWriteResult,
  AppDeleteResult,
  AppResult,
  AppUrlResult,
  AppWriteResult,
  ChangeResult,
  ClaimsResult,
  ClaimsWriteResult,
  GuestGrantResult,
  NamedApiResult,
  NamedAppResult,
  RequestResult,
  TenantResult,
  TenantWriteResult,
  UserAddResult,
  UserRemoveResult,
  UserResult,
  WriteResult,
} from './tenant-results.ts';
export type {
  DecodedTokenResult,
  GuestLine,
  GuestTokensResult,
  NamedTokenResult,
  RememberedTokensResult,
  TokenCreateResult,
  TokenDiffResult,
  TokenGetResult,
  TokenLogoutResult,
  TokenRenewResult,
  TokenTransferResult,
  TokenWatchEvent,
  VerificationResult,
} from './token-results.ts';
export { type ExpectedOfIssuer, type ExpectedOfTenant, type Verification, verifyToken } from './verify-token.ts';
export type { LocalSeedResult } from './world-results.ts';
