using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Ledger;

/// <summary>Whatever happened to some programs: a rollback brings back what ran before, interrupted or not, against a model that is only a pile.</summary>
public sealed class RollbackModelTests
{
    private const int Most = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_rollback_takes_the_newest_release_off_the_pile(int programs) =>
        Prop.ForAll(Arb.From(Acts(), Fewer), acts => Plays(programs, acts)).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static Gen<int[][]> Acts() => Gen.Choose(1, Most).SelectMany(count => Gen.Choose(0, 999).ArrayOf(6).ArrayOf(count));

    private static IEnumerable<int[][]> Fewer(int[][] acts) => acts.Select((_, i) => (int[][])[.. acts.Take(i), .. acts.Skip(i + 1)]);

    private static bool Plays(int programs, int[][] acts)
    {
        var names = Enumerable.Range(0, programs).Select(i => $"p{i}").ToArray();
        var (train, pile, run) = (new ReleaseTrain(names), new Pile(programs), 0);
        train.Deploy("0", pile.Running);
        foreach (var act in acts)
        {
            switch (act[0] % 5)
            {
                case 0 or 1 or 2:
                    Deploy(train, pile, act);
                    break;
                case 3:
                    // Bytes come by hand, and nothing else happens before somebody rolls back. What a killed run did not write down would be lost with them.
                    if (!train.IsOpen)
                    {
                        train.ByHand(names[act[1] % programs], $"hand{act[2]}").Rollback();
                        pile.Touch(act[1] % programs);
                    }

                    break;
                default:
                    Rollback(train, pile, act, $"{++run}");
                    break;
            }

            train.Running.ShouldBe(pile.Running, train.Told);
        }

        return true;
    }

    private static void Deploy(ReleaseTrain train, Pile pile, int[] act)
    {
        var bytes = pile.Next(act);
        var (endAt, end) = act[2] % 3 == 0 ? (act[3] % pile.Count, act[4] % 2 == 0 ? Killed.HalfWay : Killed.Unsaid) : (int.MaxValue, Killed.HalfWay);
        train.Deploy($"{act[1]}", string.Join(' ', bytes), endAt, end);
        pile.Deploy(bytes, endAt, end);
    }

    private static void Rollback(ReleaseTrain train, Pile pile, int[] act, string run)
    {
        var runId = act[1] % 2 == 0 ? run : null;
        if (pile.Rollback() && act[2] % 2 == 0)
        {
            train.Rollback(runId, act[3] % pile.Count, act[4] % 2 == 0 ? Killed.HalfWay : Killed.Unsaid);
            if (train.Running == pile.Running && runId is null && !train.IsOpen)
            {
                return; // all of it is done, and only a run of the same id can know that it asks for the same again
            }
        }

        train.Rollback(runId);
        if (runId is not null)
        {
            train.Rollback(runId);
        }
    }

    /// <summary>What ran, newest on top; and attempts that changed nothing, which a rollback stops at until their program is touched again.</summary>
    private sealed class Pile(int count)
    {
        private readonly Stack<(string[] Bytes, int? Stuck, int Since)> pile = new([(Enumerable.Repeat("first", count).ToArray(), null, 0)]);
        private readonly int[] touched = new int[count];
        private int made;
        private int clock;

        public int Count => count;

        public string Running => string.Join(' ', pile.Peek().Bytes);

        public void Touch(int program) => touched[program] = ++clock;

        /// <summary>New bytes for some programs, now and then those of an earlier release, and the same for the others.</summary>
        public string[] Next(int[] act) =>
            [.. pile.Peek().Bytes.Select((now, i) => (act[1] >> i) % 2 == 0 ? now : act[5] % 4 == 0 ? pile.ElementAt(act[4] % pile.Count).Bytes[i] : $"b{made++}")];

        public void Deploy(string[] bytes, int endAt, Killed end)
        {
            var before = pile.Peek().Bytes;
            var after = before.ToArray();
            for (var i = 0; i < count && i <= endAt; i++)
            {
                Touch(i);
                after[i] = i < endAt || end == Killed.Unsaid ? bytes[i] : before[i];
            }

            var isStuck = endAt < count && end == Killed.HalfWay && bytes[endAt] != before[endAt];
            if (!after.SequenceEqual(before))
            {
                pile.Push((after, null, clock));
            }
            else if (isStuck)
            {
                pile.Push((after, endAt, clock));
            }
        }

        /// <returns>Whether there was something to take off.</returns>
        public bool Rollback()
        {
            while (pile.Peek() is { Stuck: { } program, Since: var since } && touched[program] > since)
            {
                pile.Pop();
            }

            if (pile.Peek().Stuck is not null || pile.Count < 2)
            {
                return false;
            }

            var (now, before) = (pile.Pop().Bytes, pile.Peek().Bytes);
            for (var i = 0; i < count; i++)
            {
                if (now[i] != before[i])
                {
                    Touch(i);
                }
            }

            return true;
        }
    }
}
