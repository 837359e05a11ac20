using System.Security.Cryptography;
using Actions.Core.Faults;
using Actions.Core.Solana;

namespace Actions.Core.Loader;

/// <summary>A program's file whose structure the loader would accept; whether its code is, only the cluster's verifier says.</summary>
public sealed class ProgramBinary
{
    private ProgramBinary(ReadOnlyMemory<byte> bytes, int sbpfVersion)
    {
        (Bytes, SbpfVersion) = (bytes, sbpfVersion);
        Sha256 = SHA256.HashData(bytes.Span);
        ExecutableHash = HashOf(bytes.Span);
        SecurityTxt = SecurityTxt.Find(bytes.Span);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Of the file as it is.</summary>
    public ReadOnlyMemory<byte> Sha256 { get; }

    /// <summary>As solana-verify computes it, see <see cref="HashOf"/>.</summary>
    public ReadOnlyMemory<byte> ExecutableHash { get; }

    /// <summary>0 to 3.</summary>
    public int SbpfVersion { get; }

    /// <summary>Null when the program carries none.</summary>
    public SecurityTxt? SecurityTxt { get; }

    /// <summary>Checks what can be checked without running the verifier; every complaint is made once.</summary>
    public static Result<ProgramBinary> Read(ReadOnlyMemory<byte> file, string input)
    {
        var faults = new List<Fault>();
        if (file.Length > LoaderProgram.MaxProgramLength)
        {
            faults.Add(new Fault(
                FaultCodes.ElfTooLarge,
                $"{input}: expected at most {LoaderProgram.MaxProgramLength:N0} bytes, which is what a program account can hold",
                $"found {file.Length:N0} bytes",
                "make the program smaller: strip it, set opt-level = \"z\", or split it",
                input));
        }

        if (ElfCheck.Complain(file.Span, input) is { } fault)
        {
            faults.Add(fault);
        }

        return faults.Count > 0 ? Result<ProgramBinary>.Fail(faults) : new ProgramBinary(file, ElfCheck.SbpfVersion(file.Span));
    }

    /// <summary>What a loader took once: its bytes are not checked again. None at all stand for a program that does not exist yet.</summary>
    public static ProgramBinary OfChain(ReadOnlyMemory<byte> bytes) => new(bytes, bytes.Length < ElfCheck.HeaderSize ? 0 : ElfCheck.SbpfVersion(bytes.Span));

    /// <summary>solana-verify's hash: sha256 without trailing zeros, so that capacity does not change it.</summary>
    /// <remarks>Never deploy trimmed bytes: some programs no longer load without their last zeros.</remarks>
    public static byte[] HashOf(ReadOnlySpan<byte> bytes) => SHA256.HashData(bytes.TrimEnd((byte)0));

    /// <summary>Whether this id is in the binary, see <see cref="DeclaredId"/>.</summary>
    public bool DeclaresId(Address id) => DeclaredId.IsIn(Bytes.Span, id);
}
