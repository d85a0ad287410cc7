import { startLocalTenant } from 'anon-cli/local';

const { env, stop } = await startLocalTenant();
export default () => Object.assign(process.env, env) && stop;
