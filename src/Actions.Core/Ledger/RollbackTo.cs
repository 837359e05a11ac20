using Actions.Core.Releases;

namespace Actions.Core.Ledger;

/// <summary>What a rollback is asked to bring back.</summary>
public abstract record RollbackTo
{
    private const int HashLength = 64;

    private RollbackTo()
    {
    }

    /// <summary>As the input has it.</summary>
    public abstract string Text { get; }

    /// <summary>Null for what is none of `previous`, a version and a sha256.</summary>
    public static RollbackTo? TryParse(string text) =>
        text == "previous" ? new Previous()
        : SemVer.TryParse(text) is { } version ? new Version(version)
        : text.Length == HashLength && text.All(char.IsAsciiHexDigit) ? new File(text.ToLowerInvariant())
        : null;

    /// <summary>Whether this release is meant; of `previous` every one may be.</summary>
    public abstract bool IsMet(LedgerEvent release);

    public sealed override string ToString() => Text;

    public sealed record Previous : RollbackTo
    {
        public override string Text => "previous";

        public override bool IsMet(LedgerEvent release) => true;
    }

    public sealed record Version(SemVer Wanted) : RollbackTo
    {
        public override string Text => Wanted.Text;

        public override bool IsMet(LedgerEvent release) => SemVer.TryParse(release.Version)?.Precedence(Wanted) == 0;
    }

    /// <param name="Sha256">Of the program's file.</param>
    public sealed record File(string Sha256) : RollbackTo
    {
        public override string Text => Sha256;

        public override bool IsMet(LedgerEvent release) => release.Sha256 == Sha256;
    }
}
