using System.Security.Cryptography;
using Actions.Core.Loader;

namespace Actions.Cli.Tests.VerifyProgram;

/// <summary>Manifests as promote-artifact writes them.</summary>
internal static class Manifests
{
    public static string Of(byte[] program) =>
        $$"""{"schema":1,"name":"perps","version":"1.2.3","source":"build","artifacts":[{{Artifact(program)}}]}""";

    public static string Artifact(byte[] program, string? sha256 = null, int? size = null, string name = "perps") => $$"""
        {"program":"{{name}}","variant":"default","file":"{{name}}.so","size":{{size ?? program.Length}},
        "sha256":"{{sha256 ?? Convert.ToHexStringLower(SHA256.HashData(program))}}","executable-hash":"{{Convert.ToHexStringLower(ProgramBinary.HashOf(program))}}"}
        """;
}
