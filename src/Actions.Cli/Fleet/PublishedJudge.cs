using Actions.Cli.VerifyProgram;
using Actions.Core.Fleet;
using Actions.Core.Metadata;
using Actions.Core.VerifiedBuild;

namespace Actions.Cli.Fleet;

/// <summary>Compares what is said on chain about one program of a fleet with what is known of its build. Pure.</summary>
/// <param name="idls">Of release files, by the path they name.</param>
internal sealed class PublishedJudge(FleetProgram program, FleetEvidence evidence, IReadOnlyDictionary<string, ExpectedIdl> idls)
{
    /// <summary>Findings of which it follows that a claim is another one, older, or another's: that goes without saying.</summary>
    private static readonly FindingKind[] Causes = [FindingKinds.HashMismatch, FindingKinds.RecordMismatch, FindingKinds.AuthorityMismatch];

    private readonly ProgramSight sight = evidence.SightOf(program);

    /// <param name="others">What else is wrong with the program.</param>
    public IEnumerable<FleetFinding> Judge(IReadOnlyList<FleetFinding> others)
    {
        if (sight.Ended is not null)
        {
            return [];
        }

        var cluster = evidence.Clusters[program.Cluster];
        var build = evidence.BuildOf(program);
        var claim = cluster.Claims.GetValueOrDefault(program.Id);
        var request = new VerifyRequest
        {
            ProgramId = program.Id,
            VerifiedBuild = others.Any(other => Causes.Contains(other.Kind)) ? VerifiedBuildRule.Off : program.VerifiedBuild ?? VerifiedBuildRule.Off,
            Commit = claim?.Claim is { } said && build?.Manifest.Repository is { } own && IsOf(said, own) ? build.Manifest.Commit : null,
            IdlRule = program.PublishedIdl ?? IdlRule.Off,
            Idl = Idl(build),
        };
        var running = new ProgramOnChain.Running(sight.Slot, sight.Authority, default);
        return BuildClaimChecks.Of(request, running, claim)
            .Concat(MetadataChecks.Of(request, cluster.Idls.GetValueOrDefault(program.Id)))
            .Select(check => check.Finding).OfType<Finding>().Select(Of);
    }

    /// <summary>A claim may name a mirror, whose commits are others: only one that names the build's own repository must name its commit.</summary>
    private bool IsOf(BuildClaim claim, string repository) =>
        Uri.TryCreate($"{evidence.ServerUrl}/{repository}", UriKind.Absolute, out var own) && SourceClaim.IsIn(claim.Repository, own);

    /// <summary>Where the store has the build, its IDL or none: the release file's belongs to the next one.</summary>
    private ExpectedIdl? Idl(FleetBuild? build) =>
        build is null ? program.Idl is { } path ? idls.GetValueOrDefault(path) : null
        : build.Artifact.Idl is { } kept ? new ExpectedIdl($"{build.Manifest.Name} {build.Manifest.Version} ({kept.File})", kept.Sha256)
        : null;

    private FleetFinding Of(Finding finding) =>
        new(finding.Kind, finding.Severity, program.Name, program.Place, $"{finding.Expected} ({program.Id} on {program.Cluster})", finding.Found, finding.Remedy, IsOfProgram: true);
}
