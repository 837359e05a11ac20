using System.Text;

namespace Actions.Cli.Tests.Tools;

/// <summary>The next version of a program: it runs as before, and words one of its messages anew.</summary>
internal static class RewordedProgram
{
    /// <summary>What SPL Token says to an instruction that it does not know.</summary>
    public const string Complaint = "Invalid instruction";

    /// <summary>Both texts have the same length.</summary>
    public static byte[] Make(byte[] program, string words, string instead)
    {
        instead.Length.ShouldBe(words.Length);
        var at = program.AsSpan().IndexOf(Encoding.ASCII.GetBytes(words));
        at.ShouldBeGreaterThanOrEqualTo(0, words);
        var next = program.ToArray();
        Encoding.ASCII.GetBytes(instead).CopyTo(next, at);
        return next;
    }
}
