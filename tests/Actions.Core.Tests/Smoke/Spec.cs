using System.Text;
using System.Text.Json;
using Actions.Core.Faults;
using Actions.Core.Inputs;
using Actions.Core.Runner;
using Actions.Core.Smoke;
using Actions.Core.Solana;
using Actions.Core.Tests.Runner;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Smoke;

/// <summary>Specs and values as tests write them.</summary>
internal static class Spec
{
    public static readonly Address Program = Some.Address(1);

    public static Result<SmokeSpec> Read(World world, string text, Address? program = null) => Read(world, Encoding.UTF8.GetBytes(text), program);

    public static Result<SmokeSpec> Read(World world, byte[] file, Address? program = null) =>
        SmokeSpecReader.Read(new InputFile(new WorkspacePath("smoke.yml", Path.Combine(world.Workspace, "smoke.yml")), file), program ?? Program, world.Environment, world.Masker);

    /// <summary>The only check of a spec.</summary>
    public static SmokeCheck One(World world, string check) => Read(world, $"version: 1\nchecks:\n  - {check.ReplaceLineEndings("\n    ")}\n").OrThrow().Checks[0];

    /// <summary>An assertion, read as an http check's text.</summary>
    public static Assertion Assertion(string yaml)
    {
        using var world = new World();
        return ((SmokeKind.Http)One(world, $"{{ name: a, http: {{ url: 'https://a.example', text: {yaml} }} }}").Kind).Text!;
    }

    public static SmokeValue Value(string json)
    {
        using var document = JsonDocument.Parse(json);
        return SmokeValue.From(document.RootElement);
    }

    public static Selection Select(string path, string json)
    {
        using var document = JsonDocument.Parse(json);
        return JsonPath.Parse(path)!.Select(document.RootElement);
    }
}
