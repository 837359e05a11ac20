using System.Text;

namespace Actions.Core.Ledger;

/// <summary>An environment's name is any short text on GitHub, and a folder's name in the file ledger, so there it must not be a path.</summary>
public static class EnvironmentName
{
    private const int LongestFileName = 255;

    /// <summary>What GitHub takes.</summary>
    public static bool IsPossible(string name) => name.Length is > 0 and <= LongestFileName && !name.Any(char.IsControl);

    /// <summary>What the file ledger takes too.</summary>
    public static bool IsUsable(string name) =>
        name.Length is > 0 and <= LongestFileName
        && Encoding.UTF8.GetByteCount(name) <= LongestFileName
        && char.IsLetterOrDigit(name[0])
        && name.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' or ' ');
}
