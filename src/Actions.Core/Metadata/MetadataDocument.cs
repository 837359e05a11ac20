namespace Actions.Core.Metadata;

/// <summary>A JSON text that a program's upgrade authority publishes about it.</summary>
/// <param name="Seed">What it is: <see cref="Idl"/> or <see cref="Security"/>.</param>
public sealed record MetadataDocument(string Seed, string Text)
{
    public const string Idl = "idl";
    public const string Security = "security";

    public static readonly IReadOnlyList<string> Seeds = [Idl, Security];

    /// <summary>What one transaction can still take from a buffer: every 10 KiB of growth are an instruction.</summary>
    public const int MaxPacked = 512 * 1024;

    /// <summary>As <see cref="MetadataForm.Json"/> says.</summary>
    public ReadOnlyMemory<byte> Packed { get; } = MetadataContent.Pack(Text);

    /// <summary>Of the whole account.</summary>
    public int Size => MetadataProgram.HeaderSize + Packed.Length;

    /// <summary>Whether an account says just this, however somebody's client compressed it.</summary>
    public bool IsSaidBy(MetadataAccount.Published account) =>
        account.Form.Format == MetadataFormat.Json && MetadataContent.Text(account) == Text;
}
