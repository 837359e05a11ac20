using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Actions.Core.Http;
using Actions.Core.Runner;

namespace Actions.Core.GitHub;

/// <summary>Reads an answer that is no success: what it means, and whether waiting helps.</summary>
/// <remarks>https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api, and …/troubleshooting-the-rest-api.</remarks>
internal static partial class GitHubRefusal
{
    private const int LongestBody = 64 * 1024;
    private const int LongestText = 300;
    private const int MostErrors = 5;

    /// <summary>What GitHub asks for where a secondary limit does not say how long.</summary>
    private static readonly TimeSpan SecondaryPause = TimeSpan.FromMinutes(1);

    public static string Shown(string text) => PlainText.Bound(PlainText.CleanLine(PlainText.Bound(text, 8 * LongestText)), LongestText);

    public static async Task<GitHubReply> ReadAsync(GitHubRequest request, HttpResponseMessage response, DateTimeOffset now, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var said = await BoundedBody.ReadAsync(response.Content, LongestBody, cancellation) is { } body ? Text(body.Span) : "a long text";
        var found = $"HTTP {status} for {request.What}{(said.Length > 0 ? $": {said}" : "")}";
        if (Pause(response, said, now) is { } pause)
        {
            return new GitHubReply
            {
                Status = status,
                IsWorthAnother = true,
                Pause = pause,
                Problem = new GitHubProblem(GitHubProblemKind.Limited, $"GitHub's rate limit, which ends in {Math.Ceiling(pause.TotalSeconds):0} s, for {request.What}", "run again when it is over; fewer jobs at once stay below it") { Status = status },
            };
        }

        var permission = Permission(response) ?? request.Permission;
        var problem = status switch
        {
            401 => new GitHubProblem(GitHubProblemKind.Denied, found, "give a valid github-token; that of the job ends with the job"),
            403 => new GitHubProblem(GitHubProblemKind.Denied, found, $"grant the job `permissions: {permission}`, or give a github-token that has it"),
            404 or 410 => new GitHubProblem(GitHubProblemKind.NotFound, found, $"check the name, and that the job has `permissions: {permission}`: GitHub hides what a token may not see"),
            409 or 422 => new GitHubProblem(GitHubProblemKind.Rejected, found, "correct what GitHub complains about"),
            408 or >= 500 => new GitHubProblem(GitHubProblemKind.Unreachable, found, "look at GitHub's status, then run again"),
            _ => new GitHubProblem(GitHubProblemKind.Malformed, found, "check github-api-url"),
        };
        return new GitHubReply { Status = status, Problem = problem with { Status = status }, IsWorthAnother = problem.Kind == GitHubProblemKind.Unreachable && request.IsRepeatable };
    }

    private static TimeSpan? Pause(HttpResponseMessage response, string said, DateTimeOffset now)
    {
        if ((int)response.StatusCode is not (403 or 429))
        {
            return null;
        }

        if ((response.Headers.RetryAfter?.Delta ?? response.Headers.RetryAfter?.Date - now) is { } asked)
        {
            return Within(asked);
        }

        return Header(response, "x-ratelimit-remaining") == 0 && Header(response, "x-ratelimit-reset") is { } reset
            ? Within(DateTimeOffset.FromUnixTimeSeconds(Math.Min(reset, now.ToUnixTimeSeconds() + 86_400)) - now + TimeSpan.FromSeconds(1))
            : (int)response.StatusCode == 429 || said.Contains("secondary rate limit", StringComparison.OrdinalIgnoreCase) || said.Contains("abuse detection", StringComparison.OrdinalIgnoreCase)
                ? SecondaryPause
                : null;
    }

    private static TimeSpan Within(TimeSpan pause) => pause < TimeSpan.Zero ? TimeSpan.Zero : pause < TimeSpan.FromDays(1) ? pause : TimeSpan.FromDays(1);

    private static long? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>As a workflow writes it; null where GitHub does not say what would have been enough.</summary>
    private static string? Permission(HttpResponseMessage response) =>
        response.Headers.TryGetValues("x-accepted-github-permissions", out var values) && values.First() is var accepted && Accepted().IsMatch(accepted)
            ? accepted.Replace("=", ": ", StringComparison.Ordinal).Replace('_', '-').Replace(";", " or ", StringComparison.Ordinal)
            : null;

    private static string Text(ReadOnlySpan<byte> body)
    {
        try
        {
            var error = JsonSerializer.Deserialize(body, GitHubJson.Default.GitHubError);
            var details = error?.Errors.ValueKind == JsonValueKind.Array
                ? error.Errors.EnumerateArray().Take(MostErrors).Select(Detail).OfType<string>().ToList()
                : [];
            return Shown(string.Join("; ", [.. error?.Message is { } message ? (string[])[message] : [], .. details]));
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static string? Detail(JsonElement error)
    {
        string? Part(string name) => error.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.String ? part.GetString() : null;
        return error.ValueKind switch
        {
            JsonValueKind.String => error.GetString(),
            JsonValueKind.Object => Part("message") ?? string.Join(' ', new[] { Part("resource"), Part("field"), Part("code") }.OfType<string>()),
            _ => null,
        };
    }

    [GeneratedRegex(@"\A[a-z_=;, ]{1,200}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Accepted();
}
