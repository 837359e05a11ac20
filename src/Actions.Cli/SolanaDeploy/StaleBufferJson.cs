using System.Text;
using System.Text.Json;

namespace Actions.Cli.SolanaDeploy;

/// <summary>The output `stale-buffers`.</summary>
internal static class StaleBufferJson
{
    /// <summary>Anybody can make small buffers in somebody else's name; GitHub drops an output that grows too long.</summary>
    private const int MostListed = 100;

    public static string Of(IReadOnlyList<StaleBuffer> buffers)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartArray();
            foreach (var buffer in buffers.Take(MostListed))
            {
                writer.WriteStartObject();
                writer.WriteString("address", buffer.Address.ToString());
                writer.WriteNumber("size", buffer.Size);
                writer.WriteNumber("lamports", buffer.Lamports);
                writer.WriteString("authority", buffer.Authority.ToString());
                if (buffer.LastSlot is { } slot)
                {
                    writer.WriteNumber("last-slot", slot);
                }
                else
                {
                    writer.WriteNull("last-slot");
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
