using System.Globalization;
using Actions.Core.Faults;
using YamlDotNet.RepresentationModel;

namespace Actions.Core.Releases;

/// <summary>What is wrong with a YAML file, each with its line.</summary>
/// <param name="file">As it is shown.</param>
/// <param name="input">The input that named it.</param>
internal sealed class YamlFaults(string file, string input)
{
    /// <summary>A file of nothing but mistakes is not worth more.</summary>
    private const int Most = 50;

    private readonly List<(long Line, Fault Fault)> found = [];

    /// <summary>In the order of the file's lines.</summary>
    public IReadOnlyList<Fault> All => [.. found.OrderBy(fault => fault.Line).Select(fault => fault.Fault)];

    public void Add(YamlNode at, string expected, string what, string remedy)
    {
        if (found.Count < Most)
        {
            var line = at.Start.Line;
            found.Add((line, new Fault(FaultCodes.FileUnreadable, string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: {expected}"), what, remedy, input)));
        }
    }

    /// <summary>One that says its place itself.</summary>
    public void Add(long line, Fault fault) => found.Add((line, fault));
}
