using Actions.Cli.Hosting;
using Actions.Core.Faults;
using Actions.Core.Runner;
using Actions.Core.Store;

namespace Actions.Cli.PromoteArtifact;

/// <summary>Writes what the plan says: the store, then the output directory. The only place where a promotion changes anything.</summary>
internal sealed class PromoteRun(ActionContext context, PromoteArtifactInputs inputs, IStore store)
{
    /// <summary>Keeps the build, whether or not it may go on now.</summary>
    public async Task StoreAsync(PromotePlan plan, CancellationToken cancellation)
    {
        try
        {
            await store.PutAsync(plan.Sighting.Manifest, BuildObserver.FilesOf(inputs.Build!), cancellation);
        }
        finally
        {
            inputs.Records.GiveStoreToOwner(context);
        }
    }

    /// <summary>As it is shown, relative to the workspace.</summary>
    public string DirectoryOf(PromotePlan plan) => inputs.OutputDirectory?.Relative
        ?? $".solana-actions/artifacts/{plan.Sighting.Manifest.Name}/{plan.Sighting.Version}/{(plan.Sighting.Programs is [{ Artifact.Variant: var variant }, ..] ? variant : inputs.Scope.ToVariant)}";

    /// <summary>The paths of the files, relative to the workspace, in the plan's order.</summary>
    public IReadOnlyList<string> Write(PromotePlan plan)
    {
        List<string> written = [];
        foreach (var file in plan.Files)
        {
            var path = WorkspacePath.Resolve(context.Environment, Path.Combine(DirectoryOf(plan), file.Name), "output-dir").OrThrow();
            try
            {
                context.Files.Write(path, file.Bytes.Span);
            }
            catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
            {
                throw new FaultException(new Fault(FaultCodes.ReportFailed, $"Expected to write {path.Relative}", $"found {problem.GetType().Name}", "make the directory writable and give it room", "output-dir"));
            }

            written.Add(path.Relative);
        }

        return written;
    }
}
