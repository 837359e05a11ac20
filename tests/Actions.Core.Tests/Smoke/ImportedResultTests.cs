using System.Text;
using Actions.Core.Smoke;

namespace Actions.Core.Tests.Smoke;

public sealed class ImportedResultTests
{
    /// <summary>JUnit, how many tests must have a result, whether it is good.</summary>
    [Theory]
    [InlineData("""<testsuite><testcase name="a"/></testsuite>""", 0, true)]
    [InlineData("""<?xml version="1.0"?><testsuites><testsuite tests="2" failures="0"><testcase name="a"></testcase><testcase name="b"><system-out>ok</system-out></testcase></testsuite></testsuites>""", 2, true)]
    [InlineData("""<testsuite><testcase name="a"/></testsuite>""", 2, false)]
    [InlineData("""<testsuite><testcase name="a"><failure message="m"/></testcase></testsuite>""", 0, false)]
    [InlineData("""<testsuite><testcase name="a"><error/></testcase><testcase name="b"/></testsuite>""", 0, false)]
    [InlineData("""<testsuite><testcase name="a"><skipped/></testcase></testsuite>""", 0, false)]
    [InlineData("""<testsuite><testcase name="a" status="skipped"/><testcase name="b"/></testsuite>""", 2, false)]
    [InlineData("""<testsuite><testcase name="a"><skipped/></testcase><testcase name="b"/></testsuite>""", 1, true)]
    [InlineData("""<testsuite errors="1"><testcase name="a"/></testsuite>""", 0, false)]
    [InlineData("""<testsuite><error message="setup"/><testcase name="a"/></testsuite>""", 0, false)]
    [InlineData("""<testsuites/>""", 0, false)]
    [InlineData("""<testsuite tests="5" failures="0"/>""", 0, false)]
    public void A_junit_file_is_judged(string xml, int minTests, bool good) => (JunitResult.Read(Encoding.UTF8.GetBytes(xml))!.Judge(minTests) is null).ShouldBe(good);

    [Theory]
    [InlineData("")]
    [InlineData("<html/>")]
    [InlineData("<testsuite><testcase>")]
    [InlineData("not xml")]
    [InlineData("""<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>""")]
    [InlineData("""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><testsuite><testcase name="&a;"/></testsuite>""")]
    public void What_is_no_junit_is_no_evidence(string xml) => JunitResult.Read(Encoding.UTF8.GetBytes(xml)).ShouldBeNull();

    [Fact]
    public void Depth_and_bytes_that_are_no_text_are_no_evidence()
    {
        JunitResult.Read(Encoding.UTF8.GetBytes("<testsuite>" + string.Concat(Enumerable.Repeat("<a>", 10_000)))).ShouldBeNull();
        JunitResult.Read([.. "<testsuite name='"u8, 0xff, 0xfe, .. "'/>"u8]).ShouldBeNull();
    }

    [Theory]
    // an object's ok decides
    [InlineData("""{"metrics":{"d":{"thresholds":{"p(95)<500":{"ok":true}}}}}""", 0, true)]
    [InlineData("""{"metrics":{"d":{"thresholds":{"p(95)<500":{"ok":false}}}}}""", 0, false)]
    [InlineData("""{"metrics":{"d":{"thresholds":{"a":{"ok":true},"b":{"ok":false}}}}}""", 0, false)]
    [InlineData("""{"metrics":{"d":{"thresholds":{"a":{}}}}}""", 0, false)]
    [InlineData("""{"metrics":{"d":{"thresholds":{"a":{"ok":"true"}}}}}""", 0, false)]
    // a bare boolean is legacy and true means failed
    [InlineData("""{"metrics":{"d":{"thresholds":{"p(95)<500":false}}}}""", 0, true)]
    [InlineData("""{"metrics":{"d":{"thresholds":{"p(95)<500":true}}}}""", 0, false)]
    [InlineData("""{"metrics":{"d":{"thresholds":{"p(95)<500":null}}}}""", 0, false)]
    // no evidence = failed
    [InlineData("""{"metrics":{}}""", 0, false)]
    [InlineData("""{"metrics":{"d":{"values":{"p(95)":1}}}}""", 0, false)]
    [InlineData("""{"metrics":{"d":{"thresholds":{}}}}""", 0, false)]
    [InlineData("""{"metrics":{"d":{"thresholds":{"a":{"ok":true}}}}}""", 2, false)]
    // checks count, and decide where there are no thresholds
    [InlineData("""{"metrics":{"d":{"thresholds":{"a":{"ok":true}}}},"root_group":{"checks":[{"name":"x","passes":1,"fails":1}]}}""", 2, true)]
    [InlineData("""{"metrics":{},"root_group":{"checks":[{"name":"x","passes":1,"fails":0}]}}""", 1, true)]
    [InlineData("""{"metrics":{},"root_group":{"checks":[{"name":"x","passes":1,"fails":1}]}}""", 1, false)]
    [InlineData("""{"metrics":{},"root_group":{"groups":{"g":{"checks":{"x":{"name":"x","passes":3,"fails":0}}}}}}""", 1, true)]
    [InlineData("""{"metrics":{},"root_group":{"checks":[{"name":"x","passes":0,"fails":0}]}}""", 0, false)]
    public void A_k6_summary_is_judged(string json, int minTests, bool good) => (K6Result.Read(Encoding.UTF8.GetBytes(json))!.Judge(minTests) is null).ShouldBe(good);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"metrics":[]}""")]
    [InlineData("null")]
    public void What_is_no_k6_summary_is_no_evidence(string json) => K6Result.Read(Encoding.UTF8.GetBytes(json)).ShouldBeNull();

    [Fact]
    public void A_complaint_names_what_failed() => JunitResult.Read("""<testsuite><testcase classname="wallet" name="connects"><failure/></testcase><testcase name="b"/></testsuite>"""u8.ToArray())!
        .Judge(0)!.Found.ShouldBe("1 of 2 failed: 'wallet connects'");
}
