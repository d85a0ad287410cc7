// Preloaded into the program: Node.js before 22.8, which has no compile cache.
delete require('node:module').enableCompileCache;
