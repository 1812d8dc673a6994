using System.Globalization;
using SimdNet.AotTest;
using SimdNet.Data;
using SimdNet.Simd;

Dataset stripes = Walk.Stripes();
float loss = Walk.Run(stripes), lossWithOptions = Options.Run(stripes);
OneFloorLower.Run();
OwnLayer.Run();
foreach (string difference in Expect.Differences.Take(20))
{
    Console.Error.WriteLine(difference);
}

Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"{SimdWidth.Name}: last losses {loss:R}, {lossWithOptions:R}, {Expect.Differences.Count} differences"));
return Expect.Differences.Count == 0 ? 0 : 1;
