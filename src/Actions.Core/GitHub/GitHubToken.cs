using System.Net.Http.Headers;
using System.Text;

namespace Actions.Core.GitHub;

/// <summary>The job's token. It leaves only as the header of a request.</summary>
public sealed class GitHubToken
{
    private readonly byte[] token;

    private GitHubToken(byte[] token) => this.token = token;

    /// <summary>Null for a text that can be no token: it would break the header.</summary>
    public static GitHubToken? TryMake(string text) =>
        text.Length > 0 && text.All(letter => letter is > ' ' and < '\u007f') ? new GitHubToken(Encoding.ASCII.GetBytes(text)) : null;

    public override string ToString() => "***";

    internal AuthenticationHeaderValue ToHeader() => new("Bearer", Encoding.ASCII.GetString(token));
}
