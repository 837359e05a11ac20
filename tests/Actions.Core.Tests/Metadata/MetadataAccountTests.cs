using System.IO.Compression;
using Actions.Core.Metadata;
using Actions.Core.Solana;
using Actions.Core.Tests.Solana;

namespace Actions.Core.Tests.Metadata;

public sealed class MetadataAccountTests
{
    [Fact]
    public void Addresses_are_those_of_the_client()
    {
        foreach (var one in OracleCases.OfAuthority("addresses.metadata"))
        {
            var given = one.GetProperty("given");
            var (program, seed) = (given.Address("program"), given.Text("seed"));

            MetadataProgram.Canonical(program, seed).ToString().ShouldBe(one.GetProperty("canonical")[0].GetString());
            MetadataProgram.NonCanonical(program, given.Address("authority"), seed).ToString().ShouldBe(one.GetProperty("nonCanonical")[0].GetString());
        }
    }

    [Fact]
    public void A_buffer_is_read_as_the_client_wrote_it()
    {
        foreach (var one in OracleCases.OfAuthority("account.buffer"))
        {
            MetadataAccount.TryParse(one.Hex("data"), out var account).ShouldBeTrue();

            var fields = one.GetProperty("fields");
            var buffer = account.ShouldBeOfType<MetadataAccount.Buffer>();
            buffer.Program.ShouldBe(fields.OptionalAddress("program"));
            buffer.Authority.ShouldBe(fields.OptionalAddress("authority"));
            buffer.IsCanonical.ShouldBe(fields.GetProperty("canonical").GetBoolean());
            buffer.Seed.ShouldBe(fields.Text("seed"));
            buffer.Content.ToArray().ShouldBe(fields.Hex("data"));
        }
    }

    [Fact]
    public void A_published_text_is_read_as_the_client_packed_it()
    {
        foreach (var one in OracleCases.OfAuthority("account.metadata"))
        {
            MetadataAccount.TryParse(one.Hex("data"), out var account).ShouldBeTrue();

            var fields = one.GetProperty("fields");
            var published = account.ShouldBeOfType<MetadataAccount.Published>();
            published.Program.ShouldBe(fields.Address("program"));
            published.Authority.ShouldBe(fields.OptionalAddress("authority"));
            published.IsMutable.ShouldBe(fields.GetProperty("mutable").GetBoolean());
            published.IsCanonical.ShouldBe(fields.GetProperty("canonical").GetBoolean());
            published.Seed.ShouldBe(fields.Text("seed"));
            ((ulong)published.Form.Compression).ShouldBe(fields.Number("compression"));
            published.Form.ShouldBe(MetadataForm.Json with { Compression = published.Form.Compression });
            MetadataContent.Text(published).ShouldBe(fields.Text("text"));
        }
    }

    [Fact]
    public void An_old_IDL_account_is_found_and_read()
    {
        foreach (var one in OracleCases.OfAuthority("legacyIdl"))
        {
            LegacyIdl.AddressOf(one.Address("program")).ShouldBe(one.Address("address"));
            LegacyIdl.TryParse(one.Hex("data"), out var idl).ShouldBeTrue();
            idl.Authority.ShouldBe(one.Address("authority"));
            idl.Text.ShouldBe(one.Text("text"));
        }
    }

    [Fact]
    public void What_is_packed_is_read_back()
    {
        var text = string.Concat(Enumerable.Repeat("""{"name":"é€😀"}""", 1000));

        MetadataContent.Text(Published(MetadataContent.Pack(text), MetadataForm.Json)).ShouldBe(text);
        MetadataContent.Pack(text).Length.ShouldBeLessThan(text.Length / 10);
    }

    [Fact]
    public void A_text_that_unfolds_beyond_the_limit_is_not_read()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            zlib.Write(new byte[MetadataContent.MaxLength + 1]);
        }

        packed.ToArray().Length.ShouldBeLessThan(20_000);
        MetadataContent.Text(Published(packed.ToArray(), MetadataForm.Json)).ShouldBeNull();
    }

    [Fact]
    public void Bytes_that_are_no_text_here_are_not_read_as_one()
    {
        MetadataForm[] others =
        [
            MetadataForm.Json with { Encoding = MetadataEncoding.Base58, Compression = MetadataCompression.None },
            MetadataForm.Json with { Source = MetadataSource.Url, Compression = MetadataCompression.None },
            MetadataForm.Json with { Compression = MetadataCompression.Zlib },
            MetadataForm.Json with { Compression = MetadataCompression.Gzip },
        ];

        foreach (var form in others)
        {
            MetadataContent.Text(Published([.. "plain"u8], form)).ShouldBeNull(form.ToString());
        }

        MetadataContent.Text(Published([0xff, 0xfe], MetadataForm.Json with { Compression = MetadataCompression.None })).ShouldBeNull();
    }

    [Fact]
    public void A_name_longer_than_an_address_allows_is_a_mistake_of_the_caller() =>
        Should.Throw<ArgumentException>(() => MetadataProgram.Canonical(default, "seventeen letters"));

    private static MetadataAccount.Published Published(byte[] content, MetadataForm form) =>
        new(default(Address), null, true, true, "idl", form, content);
}
