using PublicApiGenerator;
using SimdNet.Simd;
using Xunit;

namespace SimdNet.Tests;

/// <summary>
/// The public face changes only on purpose: <c>SIMDNET_APPROVE=1 dotnet test -c Release</c> writes PublicApi.approved.txt anew, and the
/// change is reviewed with the rest.
/// </summary>
public sealed class PublicApiTests
{
    [Fact]
    public void The_public_api_is_the_approved_text()
    {
        string path = Path.Combine(HouseTests.Root, "tests", "SimdNet.Tests", "PublicApi.approved.txt");
        string actual = typeof(SimdWidth).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("SIMDNET_APPROVE") == "1")
        {
            File.WriteAllText(path, actual);
        }

        string[] approved = File.ReadAllLines(path), lines = actual.TrimEnd('\n').Split('\n');
        int same = approved.Zip(lines).TakeWhile(pair => pair.First == pair.Second).Count();
        IEnumerable<string> difference = [.. approved.Except(lines).Select(line => $"- {line}"), .. lines.Except(approved).Select(line => $"+ {line}")];
        Assert.True(
            approved.SequenceEqual(lines), $"The public API is not the approved one, from line {same + 1} on:\n{string.Join('\n', difference)}");
    }
}
