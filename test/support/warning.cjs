// Has Node.js warn of something, as it does of what is experimental.
process.emitWarning('Mind the gap.', 'ExampleWarning');
