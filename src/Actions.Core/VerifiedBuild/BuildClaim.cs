using System.Diagnostics.CodeAnalysis;
using System.Text;
using Actions.Core.Solana;

namespace Actions.Core.VerifiedBuild;

/// <summary>What somebody says a program was built from; it proves nothing until somebody builds it again.</summary>
/// <param name="Version">Of the tool that wrote it.</param>
/// <param name="Arguments">Those of the build, as on solana-verify's command line.</param>
/// <param name="DeploySlot">Of the program when this was written; inside a vault's transaction that is always the old one.</param>
public sealed record BuildClaim(string Version, string Repository, string Commit, IReadOnlyList<string> Arguments, ulong DeploySlot)
{
    /// <summary>Of the account that holds it: discriminator, program, uploader, the claim, and a bump.</summary>
    public int Size => AnchorDiscriminator.Size + (2 * Address.Size) + Serialize().Length + 1;

    /// <summary>Whether both say the same about the source, whatever they were written for.</summary>
    public bool IsSameSource(BuildClaim other) => Repository == other.Repository && Commit == other.Commit && Arguments.SequenceEqual(other.Arguments);

    internal byte[] Serialize()
    {
        byte[][] texts = [Encoding.UTF8.GetBytes(Version), Encoding.UTF8.GetBytes(Repository), Encoding.UTF8.GetBytes(Commit)];
        byte[][] arguments = [.. Arguments.Select(Encoding.UTF8.GetBytes)];
        var buffer = new byte[texts.Concat(arguments).Sum(text => 4 + text.Length) + 4 + 8];
        var writer = new ByteWriter(buffer);
        foreach (var text in texts)
        {
            writer.List(text);
        }

        writer.U32((uint)arguments.Length);
        foreach (var argument in arguments)
        {
            writer.List(argument);
        }

        writer.U64(DeploySlot);
        return buffer;
    }

    internal static bool TryRead(ref ByteReader reader, [NotNullWhen(true)] out BuildClaim? claim)
    {
        claim = null;
        if (!reader.Text(out var version)
            || !reader.Text(out var repository)
            || !reader.Text(out var commit)
            || !reader.Count(4, out var count))
        {
            return false;
        }

        var arguments = new string[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.Text(out arguments[i]))
            {
                return false;
            }
        }

        if (!reader.U64(out var slot))
        {
            return false;
        }

        claim = new BuildClaim(version, repository, commit, arguments, slot);
        return true;
    }
}
