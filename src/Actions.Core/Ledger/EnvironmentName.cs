using System.Text;

namespace Actions.Core.Ledger;

/// <summary>An environment's name is a folder's name in the file ledger, so it must not be a path.</summary>
public static class EnvironmentName
{
    private const int LongestFileName = 255;

    public static bool IsUsable(string name) =>
        name.Length is > 0 and <= LongestFileName
        && Encoding.UTF8.GetByteCount(name) <= LongestFileName
        && char.IsLetterOrDigit(name[0])
        && name.All(letter => char.IsLetterOrDigit(letter) || letter is '.' or '_' or '-' or ' ');
}
