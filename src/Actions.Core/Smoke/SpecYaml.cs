using Actions.Core.Faults;
using Actions.Core.Releases;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Smoke;

/// <summary>The YAML of a spec, and everything that is wrong with it.</summary>
internal sealed class SpecYaml(string shown)
{
    private const int MostDepth = 24;
    private const int MostNodes = 50_000;

    private readonly List<Fault> faults = [];

    public IReadOnlyList<Fault> Faults => faults;

    /// <summary>The file's one mapping; null, and a fault, when it is something else.</summary>
    public YamlMappingNode? Load(byte[] file)
    {
        var root = YamlText.Load(file, MostDepth, MostNodes, out var problem);
        if (root is null)
        {
            Complain(problem.Line ?? 1, FaultCodes.InputInvalid, YamlText.Form, problem.Found, YamlText.Remedy);
        }

        return root;
    }

    public void Complain(YamlNode at, FaultCode code, string expected, string found, string remedy) => Complain(at.Start.Line, code, expected, found, remedy);

    /// <summary>A fault found elsewhere, with the place in the file.</summary>
    public void Adopt(YamlNode at, IEnumerable<Fault> found) =>
        faults.AddRange(found.Select(fault => fault with { Expected = $"{shown}:{at.Start.Line}: {fault.Expected}", Input = "spec" }));

    private void Complain(long line, FaultCode code, string expected, string found, string remedy) =>
        faults.Add(new Fault(code, $"{shown}:{line}: Expected {expected}", $"found {found}", remedy, "spec"));
}
