using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Actions.Core.Smoke;
using Actions.Core.Tests.Tools;
using FsCheck;
using FsCheck.Fluent;

namespace Actions.Core.Tests.Smoke;

public sealed class AccountFieldTests
{
    [Theory]
    [InlineData("u8", "ff", "255")]
    [InlineData("i8", "ff", "-1")]
    [InlineData("u16", "fa00", "250")]
    [InlineData("i16", "0080", "-32768")]
    [InlineData("u32", "ffffffff", "4294967295")]
    [InlineData("i32", "feffffff", "-2")]
    [InlineData("u64", "ffffffffffffffff", "18446744073709551615")]
    [InlineData("i64", "ffffffffffffffff", "-1")]
    [InlineData("u128", "ffffffffffffffffffffffffffffffff", "340282366920938463463374607431768211455")]
    [InlineData("i128", "ffffffffffffffffffffffffffffffff", "-1")]
    [InlineData("f32", "0000c03f", "1.5")]
    [InlineData("f64", "000000000000f83f", "1.5")]
    [InlineData("bool", "01", "true")]
    [InlineData("bool", "02", null)]
    [InlineData("pubkey", "0000000000000000000000000000000000000000000000000000000000000000", "\"11111111111111111111111111111111\"")]
    [InlineData("string", "030000006162632a", "\"abc\"")]
    [InlineData("string", "ffffffff616263", null)]
    [InlineData("bytes[3]", "0a0b0c0d", "\"0a0b0c\"")]
    [InlineData("bytes", "020000000a0b0c", "\"0a0b\"")]
    [InlineData("u64", "ff", null)]
    [InlineData("u8", "", null)]
    public void A_value_is_read_at_its_offset(string type, string hex, string? json)
    {
        var field = new AccountField.AtOffset(2, FieldType.Parse(type)!);

        var value = field.Read([9, 9, .. Convert.FromHexString(hex)], out var why);

        (value is null).ShouldBe(json is null);
        (why.Length > 0).ShouldBe(json is null);
        (json is null || SmokeValue.Same(value!, Spec.Value(json))).ShouldBeTrue(value?.Shown);
    }

    [Theory]
    [InlineData("u7")]
    [InlineData("U8")]
    [InlineData("bytes[0]")]
    [InlineData("bytes[-1]")]
    [InlineData("bytes[")]
    [InlineData("")]
    public void There_is_no_other_type(string type) => FieldType.Parse(type).ShouldBeNull();

    [Fact]
    public void Every_number_is_read_as_it_was_written() => Prop.ForAll<ulong>(number =>
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return new AccountField.AtOffset(0, FieldType.Parse("u64")!).Read(bytes, out _)!.AsNumber()!.CompareTo(SmokeNumber.Of((System.Numerics.BigInteger)number)) == 0;
    }).QuickCheckThrowOnFailure();
}

/// <summary>One account, described by an IDL of the older and of the newer form.</summary>
public sealed class AnchorIdlTests
{
    private const string Old = """
        {"version":"0.1.0","name":"markets","instructions":[],
         "accounts":[{"name":"GlobalConfig","type":{"kind":"struct","fields":[
           {"name":"treasury","type":"publicKey"},{"name":"feeBps","type":"u16"},{"name":"limits","type":{"defined":"Limits"}},
           {"name":"pauser","type":{"option":"publicKey"}},{"name":"name","type":"string"},{"name":"history","type":{"vec":"u64"}},
           {"name":"seal","type":{"array":["u8",4]}},{"name":"state","type":{"defined":"State"}},{"name":"bump","type":"u8"}]}}],
         "types":[{"name":"Limits","type":{"kind":"struct","fields":[{"name":"minBet","type":"u64"},{"name":"maxBet","type":"u128"}]}},
           {"name":"State","type":{"kind":"enum","variants":[{"name":"Open"},{"name":"Paused","fields":[{"name":"since","type":"i64"}]},{"name":"Closed","fields":["u8"]}]}}]}
        """;

    private const string New = """
        {"address":"11111111111111111111111111111111","metadata":{"name":"markets","version":"0.1.0","spec":"0.1.0"},"instructions":[],
         "accounts":[{"name":"GlobalConfig","discriminator":[1,2,3,4,5,6,7,8]},{"name":"Other","discriminator":[8,7,6,5,4,3,2,1]}],
         "types":[{"name":"GlobalConfig","type":{"kind":"struct","fields":[
           {"name":"treasury","type":"pubkey"},{"name":"fee_bps","type":"u16"},{"name":"limits","type":{"defined":{"name":"Limits"}}},
           {"name":"pauser","type":{"option":"pubkey"}},{"name":"name","type":"string"},{"name":"history","type":{"vec":"u64"}},
           {"name":"seal","type":{"array":["u8",4]}},{"name":"state","type":{"defined":{"name":"State"}}},{"name":"bump","type":"u8"}]}},
           {"name":"Other","type":{"kind":"struct","fields":[{"name":"x","type":"u8"}]}},
           {"name":"Limits","type":{"kind":"struct","fields":[{"name":"min_bet","type":"u64"},{"name":"max_bet","type":"u128"}]}},
           {"name":"State","type":{"kind":"enum","variants":[{"name":"Open"},{"name":"Paused","fields":[{"name":"since","type":"i64"}]},{"name":"Closed","fields":["u8"]}]}}]}
        """;

    private static readonly byte[] Body =
    [
        .. Some.Bytes(7, 32), 250, 0, .. U64(1_000_000), .. U64(1_000_000_000_000), .. U64(0), 0, 4, 0, 0, 0, .. "main"u8, 2, 0, 0, 0, .. U64(5), .. U64(6), 1, 2, 3, 4, 1, .. U64(77), 9,
    ];

    private static readonly byte[] OldAccount = [.. SHA256.HashData(Encoding.UTF8.GetBytes("account:GlobalConfig"))[..8], .. Body];
    private static readonly byte[] NewAccount = [1, 2, 3, 4, 5, 6, 7, 8, .. Body];

    [Theory]
    [InlineData("fee_bps", "250")]
    [InlineData("feeBps", "250")]
    [InlineData("GlobalConfig.fee_bps", "250")]
    [InlineData("limits.max_bet", "1000000000000")]
    [InlineData("limits", """{"min_bet":1000000,"max_bet":1000000000000}""")]
    [InlineData("pauser", "null")]
    [InlineData("name", "\"main\"")]
    [InlineData("history", "[5,6]")]
    [InlineData("seal", "\"01020304\"")]
    [InlineData("state", """{"Paused":{"since":77}}""")]
    [InlineData("bump", "9")]
    public void A_field_is_read_by_its_name(string field, string json)
    {
        AnchorIdl.Read(Encoding.UTF8.GetBytes(New))!.Complain(field).ShouldBeNull();
        var value = AnchorIdl.Read(Encoding.UTF8.GetBytes(New))!.Read(NewAccount, field, out var why);

        why.ShouldBe("");
        SmokeValue.Same(value!, Spec.Value(json)).ShouldBeTrue(value!.Shown);
    }

    [Fact]
    public void The_older_form_is_read_by_the_hash_of_the_accounts_name()
    {
        var idl = AnchorIdl.Read(Encoding.UTF8.GetBytes(Old))!;

        idl.Read(OldAccount, "feeBps", out _)!.Shown.ShouldBe("250");
        idl.Read(OldAccount, "limits.maxBet", out _)!.Shown.ShouldBe("1000000000000");
        idl.Read(NewAccount, "feeBps", out var why).ShouldBeNull();
        why.ShouldBe("an account of a type that the IDL does not have");
    }

    [Theory]
    [InlineData("fee")]
    [InlineData("limits.fee_bps")]
    [InlineData("limits.max_bet.more")]
    [InlineData("Nowhere.fee_bps")]
    [InlineData("Other.fee_bps")]
    [InlineData("")]
    public void A_field_that_is_not_in_the_idl_is_named(string field) => AnchorIdl.Read(Encoding.UTF8.GetBytes(New))!.Complain(field).ShouldNotBeNull();

    [Fact]
    public void An_account_of_another_type_or_cut_short_holds_no_value()
    {
        var idl = AnchorIdl.Read(Encoding.UTF8.GetBytes(New))!;

        idl.Read([8, 7, 6, 5, 4, 3, 2, 1, 0], "GlobalConfig.fee_bps", out var other).ShouldBeNull();
        other.ShouldBe("an account of the type Other");
        idl.Read(NewAccount.AsSpan(0, 41), "fee_bps", out var cut).ShouldBeNull();
        cut.ShouldContain("bytes end before");
        idl.Read([], "fee_bps", out _).ShouldBeNull();
    }

    [Fact]
    public void No_bytes_are_a_bug() => Prop.ForAll<byte[]>(noise =>
    {
        var idl = AnchorIdl.Read(Encoding.UTF8.GetBytes(New))!;
        byte[] account = [1, 2, 3, 4, 5, 6, 7, 8, .. Some.Bytes(1, 32), .. noise];
        return idl.Read(account, "bump", out var why) is null == why.Length > 0;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"accounts":[]}""")]
    [InlineData("""{"accounts":[{}]}""")]
    [InlineData("""{"accounts":[{"name":"A","discriminator":[256]}]}""")]
    [InlineData("""{"accounts":[{"name":7}]}""")]
    public void What_is_no_idl_with_accounts_is_refused(string json) => AnchorIdl.Read(Encoding.UTF8.GetBytes(json)).ShouldBeNull();

    [Fact]
    public void A_type_that_contains_itself_ends()
    {
        var idl = AnchorIdl.Read("""{"accounts":[{"name":"A","discriminator":[1]}],"types":[{"name":"A","type":{"kind":"struct","fields":[{"name":"a","type":{"defined":"A"}},{"name":"b","type":"u8"}]}}]}"""u8.ToArray())!;

        idl.Read([1, 2, 3], "b", out _).ShouldBeNull();
        idl.Complain(string.Join('.', Enumerable.Repeat("a", 1000))).ShouldNotBeNull();
    }

    private static byte[] U64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
