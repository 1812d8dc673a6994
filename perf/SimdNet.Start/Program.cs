using System.Globalization;
using System.Runtime.InteropServices;
using SimdNet.Training;

// A process that predicts once: loads the network args[0], gives it the sample args[1], and prints the outputs on one line.
// Without arguments it does nothing: then its time is that of the runtime alone.
if (args is [string model, string sample])
{
    Predictor predictor = Network.Load(model).CreatePredictor(maxBatch: 1);
    ReadOnlySpan<float> outputs = predictor.Predict(MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(sample)));
    Console.WriteLine(string.Join(' ', outputs.ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
}
