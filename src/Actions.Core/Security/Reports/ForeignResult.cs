using System.Text.Json;

namespace Actions.Core.Security.Reports;

/// <summary>What a result of a SARIF file means, by the standard's own words (https://docs.oasis-open.org/sarif/sarif/v2.1.0/, 3.27).</summary>
public static class ForeignResult
{
    /// <summary>Whether it is a finding of today: nothing that passed, nothing that is gone since, and nothing that somebody looked at and let be.</summary>
    public static bool IsFinding(JsonElement result) =>
        result.Word("kind") is null or "fail"
        && result.Word("baselineState") != "absent"
        && !result.List("suppressions").Any(suppression => suppression.Word("status") is null or "accepted");
}
