using System.Text.RegularExpressions;

namespace Actions.Core.Security.Workflows;

/// <summary>What `uses:` names.</summary>
internal sealed partial record UsesReference(string Text)
{
    /// <summary>Of the checkout, or of the repository that the file itself is from: pinned with it.</summary>
    public bool IsLocal => Text.StartsWith("./", StringComparison.Ordinal) || Text.StartsWith("$/", StringComparison.Ordinal);

    public string? Image => Text.StartsWith("docker://", StringComparison.Ordinal) ? Text["docker://".Length..] : null;

    /// <summary>owner/repository of an action or workflow of another repository.</summary>
    public string? Repository => Remote().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

    public string? Ref => Remote().Match(Text) is { Success: true } match ? match.Groups[3].Value : null;

    public bool IsCommit => Ref is { } name && Commit().IsMatch(name);

    public bool IsVersion => Ref is { } name && Version().IsMatch(name);

    /// <summary>The name of one of our actions, whoever's copy of it; null for others.</summary>
    public string? OwnAction => Own().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The same of a workflow.</summary>
    public string? OwnWorkflow => Workflow().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

    public bool Is(string action) => Repository is { } repository && repository.Equals(action, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A([\w.-]+/[\w.-]+)((?:/[\w.-]+)*)@(.+)\z")]
    private static partial Regex Remote();

    [GeneratedRegex(@"\A(?:[0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex Commit();

    [GeneratedRegex(@"\Av[0-9]+(?:\.[0-9]+)*\z")]
    private static partial Regex Version();

    [GeneratedRegex(@"(?:\A[.$]|\A[\w.-]+/[\w.-]+)/actions/(solana-deploy|rollback|promote-artifact)(?:@|\z)")]
    private static partial Regex Own();

    [GeneratedRegex(@"/\.github/workflows/(deploy|release|rollback|build)\.ya?ml(?:@|\z)")]
    private static partial Regex Workflow();
}
