using Actions.Cli;

return (int)await Composition.RunAsync(args);
