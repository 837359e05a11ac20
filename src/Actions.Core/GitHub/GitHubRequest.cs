namespace Actions.Core.GitHub;

/// <summary>One call.</summary>
/// <param name="What">What it is about, for a person: "the deployments".</param>
/// <param name="Permission">What the job must grant, as a workflow writes it: `deployments: write`.</param>
internal sealed record GitHubRequest(HttpMethod Method, Uri Url, string What, string Permission)
{
    /// <summary>Far more than any page holds.</summary>
    private const int LongestPage = 16 * 1024 * 1024;

    public ReadOnlyMemory<byte>? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public string Accept { get; init; } = "application/vnd.github+json, application/json;q=0.9";

    public int MostBytes { get; init; } = LongestPage;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether doing it twice does no harm, so that it may be tried again when nobody knows whether it was done.</summary>
    public bool IsRepeatable { get; init; } = Method == HttpMethod.Get;

    /// <summary>Whether a redirect may lead to another host, which then sees no token.</summary>
    public bool MayLeave { get; init; }

    /// <summary>Set once a redirect has left GitHub; the token never comes back.</summary>
    public bool IsAway { get; init; }
}

/// <summary>What came back.</summary>
internal sealed record GitHubReply
{
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The next page.</summary>
    public Uri? Next { get; init; }

    /// <summary>Where a redirect leads.</summary>
    public Uri? Location { get; init; }

    public int Status { get; init; }

    public GitHubProblem? Problem { get; init; }

    /// <summary>Whether the same call may fare better; a limited call was not done, whatever it was.</summary>
    public bool IsWorthAnother { get; init; }

    /// <summary>How long GitHub asks to wait; null where it does not say.</summary>
    public TimeSpan? Pause { get; init; }
}
