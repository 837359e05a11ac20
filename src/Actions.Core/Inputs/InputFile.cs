using Actions.Core.Runner;

namespace Actions.Core.Inputs;

/// <summary>A file that an input named, with its bytes.</summary>
public sealed record InputFile(WorkspacePath Path, byte[] Bytes);
