using System.Globalization;
using SimdNet.AotTest;
using SimdNet.Simd;

float loss = Walk.Run();
OneFloorLower.Run();
foreach (string difference in Expect.Differences.Take(20))
{
    Console.Error.WriteLine(difference);
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{SimdWidth.Name}: last loss {loss:R}, {Expect.Differences.Count} differences"));
return Expect.Differences.Count == 0 ? 0 : 1;
