import { guestMatrix } from '../../../domain/gates/matrix.ts';
import { printResult } from '../../output/output.ts';
import { matrixData, renderMatrix } from '../../render/matrix.ts';
import { accessTenant } from '../../tenant/access.ts';
import type { Context } from '../../world/context.ts';
import type { DoctorOptions } from './options.ts';

/** What `doctor --matrix` does. */
export async function showMatrix(context: Context, options: DoctorOptions): Promise<void> {
  const { tenant } = await accessTenant(context, options);
  const all = options.all === true;
  const matrix = await guestMatrix(tenant, { all, app: options.app, api: options.api });
  printResult(context, options, { data: matrixData(matrix), human: (paint) => renderMatrix(paint, matrix, { all }) });
}
