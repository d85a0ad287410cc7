import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('./quick-keys.cjs');
require('node:crypto');
