using Actions.Core.Faults;
using Actions.Core.Registry;
using Actions.Core.Runner;

namespace Actions.Cli.SolanaDeploy;

/// <summary>What a run says about one of its programs; always current, for a run can end at any moment.</summary>
internal interface IProgramReport
{
    /// <summary>What the output `results` calls it.</summary>
    string Name { get; }

    /// <summary>Whether there is something to say yet.</summary>
    bool HasLooked { get; }

    /// <summary>Whether it belongs among the results, which are programs'.</summary>
    bool IsResult { get; }

    /// <summary>Whether it is only mentioned, for it changes nothing that a record of its own would not say.</summary>
    bool IsAside => false;

    IReadOnlyList<Fault> Faults { get; }

    /// <summary>Null before there is a plan, and where nothing is planned.</summary>
    DeployCosts? Costs { get; }

    IEnumerable<string> Steps { get; }

    IEnumerable<KeyValuePair<string, string>> Outputs();

    /// <summary>What runs now that the run came to its end; null where no record says what that is.</summary>
    RegistryEntry? Registered(DateTimeOffset now);

    /// <summary>What became of the program, or would.</summary>
    /// <param name="ofRun">Faults of the run, which may be the reason why it did not get further.</param>
    Markdown Summary(IEnumerable<Fault> ofRun);

    /// <summary>The same in a sentence.</summary>
    Inline[] Headline(IEnumerable<Fault> ofRun);
}
