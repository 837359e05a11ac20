using System.Text;
using System.Text.Json;
using Actions.Core.Registry;
using Actions.Core.Tests.Runner;

namespace Actions.Core.Tests.Registry;

public sealed class ConfigFileTests : IDisposable
{
    private static readonly RegistryEntry Perps = RegistryDocumentTests.Entry("perps", 1);
    private static readonly RegistryEntry Vault = RegistryDocumentTests.Entry("order-vault", 2);

    private readonly World world = new();

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_json_file_keeps_everything_else()
    {
        world.Write("ids.json", """{"theme":"dark","production":{"other":{"program-id":"x"},"perps":{"program-id":"old","note":"kept"}},"staging":{}}"""u8.ToArray());

        var root = JsonElement.Parse(Render("ids.json", Perps, Vault));

        root.GetProperty("theme").GetString().ShouldBe("dark");
        root.GetProperty("production").GetProperty("other").GetProperty("program-id").GetString().ShouldBe("x");
        root.GetProperty("production").GetProperty("perps").GetProperty("program-id").GetString().ShouldBe(Perps.Id.ToString());
        root.GetProperty("production").GetProperty("perps").GetProperty("note").GetString().ShouldBe("kept");
        root.GetProperty("production").GetProperty("order-vault").GetProperty("slot").GetInt32().ShouldBe(2);
        root.GetProperty("staging").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public void Variables_are_replaced_in_place_or_added()
    {
        world.Write("web/.env.production", "# ids\nexport PERPS_PROGRAM_ID=old\nAPI=https://x\n"u8.ToArray());

        Render("web/.env.production", Perps, Vault).ShouldBe($"# ids\nexport PERPS_PROGRAM_ID={Perps.Id}\nAPI=https://x\nORDER_VAULT_PROGRAM_ID={Vault.Id}\n");
    }

    [Fact]
    public void A_file_that_is_not_there_yet_is_made()
    {
        Render("new.env", Perps).ShouldBe($"PERPS_PROGRAM_ID={Perps.Id}\n");
        Render("new.env", Perps with { Program = ConfigFile.Nameless }).ShouldBe($"PROGRAM_ID={Perps.Id}\n");
        JsonElement.Parse(Render("new.json", Perps)).GetProperty("production").GetProperty("perps").GetProperty("version").GetString().ShouldBe("1.0.1");
    }

    [Fact]
    public void Any_text_can_be_a_template()
    {
        world.Write("values.tpl", "perps: { id: \"{{ perps.program-id }}\", hash: {{perps.executable-hash}}, vault: {{ order-vault.version }} }\n{{ $helm }}\n"u8.ToArray());

        Render("values.tpl -> chart/values.yaml", Perps, Vault).ShouldBe($"perps: {{ id: \"{Perps.Id}\", hash: {Perps.ExecutableHash}, vault: 1.0.2 }}\n{{{{ $helm }}}}\n");
    }

    [Theory]
    [InlineData("ids.json", "[1]", "JSON object")]
    [InlineData("ids.json", "{\"a\":1,\"a\":2}", "JSON object")]
    [InlineData("settings.toml", "x", "-> <file>")]
    [InlineData("values.tpl -> out.yaml", "{{ perp.program-id }}", "found '{{ perp.program-id }}'")]
    [InlineData("values.tpl -> out.yaml", "{{ perps.id }}", "found '{{ perps.id }}'")]
    [InlineData("values.tpl -> out.yaml", "nothing to fill in", "no placeholder")]
    [InlineData("../ids.json", "{}", "inside the workspace")]
    public void A_faulty_line_is_said_before_anything_is_sent(string line, string content, string said)
    {
        foreach (var name in (string[])["ids.json", "settings.toml", "values.tpl"])
        {
            world.Write(name, Encoding.UTF8.GetBytes(content));
        }

        ConfigFile.Read(line, world.Environment, ["perps"]).Faults.ShouldHaveSingleItem().Message.ShouldContain(said);
    }

    private string Render(string line, params RegistryEntry[] entries) => ConfigFile.Read(line, world.Environment, ["perps", "order-vault"]).Value.Render("production", entries);
}
