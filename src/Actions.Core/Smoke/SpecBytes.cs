namespace Actions.Core.Smoke;

/// <summary>Bytes as a spec writes them.</summary>
internal static class SpecBytes
{
    public static byte[]? Hex(SpecMap map, string key)
    {
        if (map.Text(key) is not { } text)
        {
            return null;
        }

        if (text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit))
        {
            return Convert.FromHexString(text);
        }

        map.Wrong(map.Take(key)!, $"pairs of hex digits in '{key}' of {map.About}", "correct the value");
        return null;
    }

    public static byte[]? Base64(SpecMap map, string key)
    {
        if (map.Text(key) is not { } text)
        {
            return null;
        }

        var bytes = new byte[text.Length];
        if (Convert.TryFromBase64String(text, bytes, out var written))
        {
            return bytes[..written];
        }

        map.Wrong(map.Take(key)!, $"base64 in '{key}' of {map.About}", "correct the value");
        return null;
    }

    public static byte[]? Base58(SpecMap map, string key)
    {
        if (map.Text(key) is not { } text)
        {
            return null;
        }

        var bytes = new byte[Solana.Base58.MaxBytes];
        if (text.Length <= Solana.Base58.MaxBytes && Solana.Base58.TryDecode(text, bytes, out var written))
        {
            return bytes[..written];
        }

        map.Wrong(map.Take(key)!, $"base58 in '{key}' of {map.About}", "correct the value");
        return null;
    }
}
