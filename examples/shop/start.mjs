import './api.mjs';
import './page.mjs';
