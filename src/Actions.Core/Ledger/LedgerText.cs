using System.Text;

namespace Actions.Core.Ledger;

/// <summary>What a person may be shown of text that a stranger wrote.</summary>
internal static class LedgerText
{
    private const int Longest = 80;

    public static string Show(string text)
    {
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(Longest))
        {
            shown.Append(Rune.IsControl(rune) ? "�" : rune.ToString());
        }

        return text.Length > Longest ? $"{shown}…" : shown.ToString();
    }
}
