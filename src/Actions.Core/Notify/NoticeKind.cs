namespace Actions.Core.Notify;

/// <summary>A kind of event that people are told about.</summary>
/// <param name="Word">As the input `event` names it.</param>
/// <param name="Phrase">How a title ends.</param>
/// <param name="Color">0xRRGGBB, for services that paint a bar.</param>
/// <param name="Pager">What it does to the incident of its dedup key, unless told otherwise.</param>
public sealed record NoticeKind(string Word, string Phrase, int Color, PagerAction Pager)
{
    private const int Blue = 0x1F6FEB;
    private const int Green = 0x1A7F37;
    private const int Red = 0xCF222E;
    private const int Amber = 0xBF8700;

    public static readonly IReadOnlyList<NoticeKind> All =
    [
        new("started", "started", Blue, PagerAction.None),
        new("waiting", "waits for approval", Blue, PagerAction.None),
        new("proposed", "proposed to the multisig", Blue, PagerAction.None),
        new("executable", "can be executed", Blue, PagerAction.None),
        new("executed", "executed", Green, PagerAction.Resolve),
        new("succeeded", "succeeded", Green, PagerAction.Resolve),
        new("failed", "failed", Red, PagerAction.Trigger),
        new("cancelled", "cancelled", Amber, PagerAction.None),
        // Somebody should still find out why: the incident is in hand, and open.
        new("rolled-back", "rolled back", Amber, PagerAction.Acknowledge),
        new("findings", "findings changed", Amber, PagerAction.Trigger),
        new("clean", "nothing is found any more", Green, PagerAction.Resolve),
        new("test", "a test of this channel, nothing happened", Blue, PagerAction.None),
    ];
}

/// <summary>What PagerDuty does with an event.</summary>
public enum PagerAction
{
    None,
    Trigger,
    Acknowledge,
    Resolve,
}
