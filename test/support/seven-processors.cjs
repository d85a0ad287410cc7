// Preloaded into the program: a machine with seven processors.
require('node:os').availableParallelism = () => 7;
