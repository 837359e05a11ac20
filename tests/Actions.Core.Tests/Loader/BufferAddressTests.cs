using System.Security.Cryptography;
using Actions.Core.Loader;
using Actions.Core.Solana;
using Actions.Core.Tests.Tools;

namespace Actions.Core.Tests.Loader;

public sealed class BufferAddressTests
{
    private static readonly byte[] Hash = SHA256.HashData(Some.Bytes(9, 100));
    private static readonly string Document = File.ReadAllText(Repository.At("docs", "buffer-address.md"));

    /// <summary>Per vector of the document: what it is of, then its values by name.</summary>
    public static IReadOnlyList<Dictionary<string, string>> Vectors => [.. Document
        .Split("\n### ").Skip(1)
        .Select(section => section.Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Contains('`'))
            .Select(line => line.Split('|'))
            .ToDictionary(cells => cells[1].Trim(), cells => cells[2].Trim().Trim('`')))];

    [Fact]
    public void The_documents_vectors_hold()
    {
        Vectors.Count.ShouldBe(3);
        foreach (var vector in Vectors)
        {
            var file = Convert.FromHexString(vector["file (hex)"]);
            Address? program = vector["program id"] == "none" ? null : Address.Parse(vector["program id"]);

            var buffer = BufferAddress.Derive(
                Address.Parse(vector["payer"]), program, Address.Parse(vector["final authority"]), SHA256.HashData(file));

            Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(vector["sha256 of the file"]);
            buffer.Seed.ShouldBe(vector["seed"]);
            buffer.Address.ToString().ShouldBe(vector["buffer"]);
        }
    }

    [Fact]
    public void The_documents_script_computes_the_same_seeds()
    {
        var script = Document.Split("```js\n")[1].Split("```")[0];
        var folder = Directory.CreateTempSubdirectory().FullName;
        Directory.CreateDirectory(Path.Combine(folder, "node_modules"));
        File.WriteAllText(Path.Combine(folder, "seed.mjs"), script);
        foreach (var vector in Vectors)
        {
            File.WriteAllBytes(Path.Combine(folder, "program.so"), Convert.FromHexString(vector["file (hex)"]));
            var program = vector["program id"] == "none" ? SystemProgram.Id.ToString() : vector["program id"];

            NodeScript.Run(folder, "seed.mjs", program, vector["final authority"], "program.so").Trim().ShouldBe(vector["seed"]);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Another_payer_program_authority_or_file_is_another_address()
    {
        var (payer, program, authority) = (Some.Address(1), Some.Address(2), Some.Address(3));
        SeededAddress[] all =
        [
            BufferAddress.Derive(payer, program, authority, Hash),
            BufferAddress.Derive(Some.Address(4), program, authority, Hash),
            BufferAddress.Derive(payer, Some.Address(4), authority, Hash),
            BufferAddress.Derive(payer, null, authority, Hash),
            BufferAddress.Derive(payer, program, Some.Address(4), Hash),
            BufferAddress.Derive(payer, program, authority, SHA256.HashData([])),
        ];

        all.Select(buffer => buffer.Address).Distinct().Count().ShouldBe(all.Length);
        all[0].ShouldBe(BufferAddress.Derive(payer, program, authority, Hash));
        all.ShouldAllBe(buffer => buffer.Seed.Length == 32 && buffer.Seed.All(char.IsAsciiHexDigitLower));
        all.ShouldAllBe(buffer => buffer.Owner == LoaderProgram.Id);
    }
}
