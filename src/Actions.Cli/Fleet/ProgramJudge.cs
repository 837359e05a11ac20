using System.Globalization;
using Actions.Cli.VerifyProgram;
using Actions.Core.Faults;
using Actions.Core.Fleet;
using Actions.Core.Loader;
using Actions.Core.Runner;

namespace Actions.Cli.Fleet;

/// <summary>What is wrong with one program of a fleet. Pure.</summary>
internal sealed class ProgramJudge(FleetProgram program, FleetEvidence evidence)
{
    private readonly ProgramSight sight = evidence.SightOf(program);

    private ClusterSight Cluster => evidence.Clusters[program.Cluster];

    public IEnumerable<FleetFinding> Judge()
    {
        if (sight.Ended is { } ended)
        {
            return [Existence(ended)];
        }

        var facts = sight.Facts!;
        var bytes = Bytes(facts);
        return ((IEnumerable<FleetFinding?>)[
            .. bytes,
            // What runs is not what was expected: that no record knows it either goes without saying.
            .. bytes.Count > 0 ? [] : new RecordJudge(program, sight, evidence).Judge(),
            Authority(), Contacts(facts), Sbpf(facts),
        ]).OfType<FleetFinding>();
    }

    private FleetFinding Existence(ProgramOnChain ended)
    {
        var (kind, found, remedy) = ended switch
        {
            ProgramOnChain.Missing missing => (FindingKinds.ProgramMissing, missing.Found, "check program-id and cluster; if both are right, nothing was deployed there"),
            ProgramOnChain.Foreign foreign => (FindingKinds.ProgramForeign, foreign.Found, "check program-id: give the id that clients call"),
            _ => (FindingKinds.ProgramClosed, "one that was closed", "find out who closed it: the id can never be used again, so clients need a new one"),
        };
        return Of(kind, Severity.Error, $"Expected a program of the upgradeable loader at {program.Id} on {program.Cluster}", $"found {found}", remedy);
    }

    private List<FleetFinding> Bytes(ProgramFacts facts)
    {
        if (program.Release is { } release)
        {
            var artifact = evidence.Manifests.GetValueOrDefault((release.Name, release.Version.Text))?.Artifact(release.Program, release.Variant);
            return artifact is null ? [Of(
                    FindingKinds.ArtifactMissing, Severity.Error, $"Expected {release} in the store", "found no such build", "store it with promote-artifact, or correct 'release'")]
                : artifact.ExecutableHash == facts.ExecutableHash ? [] : [Mismatch(release.ToString(), artifact.ExecutableHash, facts)];
        }

        return program.ExpectedHash is not { } hash || hash == facts.ExecutableHash ? [] : [Mismatch("the program", hash, facts)];
    }

    private FleetFinding Mismatch(string what, string hash, ProgramFacts facts) => Of(
        FindingKinds.HashMismatch, Severity.Error, $"Expected {what} at {program.Id} on {program.Cluster}, executable hash {hash}",
        $"found executable hash {facts.ExecutableHash}, deployed or extended in slot {Number(sight.Slot)}",
        "find out who deployed and from what; then redeploy, or expect the release that was meant to run");

    private FleetFinding? Authority()
    {
        var found = sight.Authority?.ToString() ?? "none";
        var wanted = program.Authority switch
        {
            ExpectedAuthority.Exactly exactly => exactly.Address.ToString(),
            ExpectedAuthority.Nobody => "none",
            _ => found,
        };
        return wanted != found
            ? Of(
                FindingKinds.AuthorityMismatch, Severity.Error, $"Expected the upgrade authority {wanted} of {program.Id} on {program.Cluster}",
                found == "none" ? "found none: the program is immutable" : $"found {found}, who can replace the program at any time",
                "find out who changed it; the authority on chain can hand it back")
            : IsHot() ? Of(
                FindingKinds.AuthorityHot, Severity.Warning, $"Expected an upgrade authority of {program.Id} that signs nothing else", $"found {found}, which also pays for deploys on {program.Cluster}",
                "hand the program over to a vault, or to a key that only signs upgrades")
            : null;
    }

    /// <summary>A payer's key is used for every transaction, and lies where jobs can reach it. On clusters without value that is nobody's loss.</summary>
    private bool IsHot() => program.Cluster == Core.Solana.Cluster.MainnetBeta && sight.Authority is { } authority && Cluster.Payers.ContainsKey(authority);

    private FleetFinding? Contacts(ProgramFacts facts)
    {
        var severity = program.SecurityTxt == SecurityTxtRule.Require ? Severity.Error : Severity.Warning;
        const string Expected = "Expected a security.txt that tells researchers whom to write to";
        return program.SecurityTxt == SecurityTxtRule.Off ? null : facts.SecurityTxt switch
        {
            null => Of(FindingKinds.SecurityTxtMissing, severity, $"{Expected} in {program.Id}", "found none in the program's bytes", "add the security_txt! macro of the crate solana-security-txt, then build and deploy"),
            [] => null,
            var problems => Of(
                FindingKinds.SecurityTxtInvalid, severity, $"{Expected} in {program.Id}", $"found one with {problems.Count} problems: {PlainText.Bound(PlainText.CleanLine(string.Join(", ", problems)), 300)}",
                "give every required field of the security_txt! macro once, then build and deploy"),
        };
    }

    private FleetFinding? Sbpf(ProgramFacts facts)
    {
        if (facts.SbpfVersion is not { } version)
        {
            return null;
        }

        var isTaken = FeatureGates.IsEnabled(version, gate => Cluster.Gates[gate] == GateState.Active) ?? true;
        var isTakenSoon = FeatureGates.IsEnabled(version, gate => Cluster.Gates[gate] != GateState.Absent) ?? true;
        return isTaken && isTakenSoon ? null : Of(
            FindingKinds.SbpfVersion, Severity.Warning, $"Expected an SBPF version of {program.Id} that {program.Cluster} takes",
            $"found version {version}, which it {(isTaken ? "will not take from the next epoch on" : "does not take any more")}: the program runs, but neither it nor a build like it can be deployed again",
            "build for a newer SBPF version (cargo build-sbf --arch), and test going back to an older release before it is needed");
    }

    private FleetFinding Of(FindingKind kind, Severity severity, string expected, string found, string remedy) =>
        new(kind, severity, program.Name, program.Place, expected, found, remedy, IsOfProgram: true);

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
