using Actions.Core.Faults;

namespace Actions.Core.GitHub;

public enum GitHubProblemKind
{
    /// <summary>No answer, or 5xx, after all retries: whether it was done is not known.</summary>
    Unreachable,

    /// <summary>The rate limit ends too late to wait for.</summary>
    Limited,

    /// <summary>The token is not accepted, or lacks a permission.</summary>
    Denied,

    /// <summary>It does not exist, or the token may not know that it does.</summary>
    NotFound,

    /// <summary>It stands against what is there: 409, or 422 for what must be unique.</summary>
    Rejected,

    /// <summary>An answer that is not GitHub's protocol, or larger than any can be.</summary>
    Malformed,
}

/// <summary>Why GitHub did not do what was asked. Texts are cleaned and bounded.</summary>
/// <param name="Found">Completes "found …".</param>
/// <param name="Remedy">What to do.</param>
public sealed record GitHubProblem(GitHubProblemKind Kind, string Found, string Remedy)
{
    /// <summary>HTTP's status; 0 when there was no answer.</summary>
    public int Status { get; init; }

    public Fault ToFault(FaultCode code, string expected, string? input = null) => new(code, expected, $"found {Found}", Remedy, input);
}

/// <summary>GitHub did not do what was asked; whoever asked knows what that means.</summary>
#pragma warning disable CA1032 // a problem is the whole point of this exception
public sealed class GitHubException(GitHubProblem problem) : Exception(problem.Found)
#pragma warning restore CA1032
{
    public GitHubProblem Problem { get; } = problem;
}
