// Makes Node.js print a warning, as for an experimental feature.
process.emitWarning('Mind the gap.', 'ExampleWarning');
