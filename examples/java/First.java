// javac -cp arrayformat-0.1.0.jar First.java && java -cp arrayformat-0.1.0.jar:. First
import java.nio.file.Path;
import java.util.Arrays;
import org.arrayformat.ArrayFile;
import org.arrayformat.DataType;
import org.arrayformat.Region;
import org.arrayformat.Schema;
import org.arrayformat.Value;

class First {
    public static void main(String[] args) {
        try (ArrayFile file = ArrayFile.create(Path.of("weather.af"))) {
            file.define("celsius", Schema.of(DataType.FLOAT64, 2, 3).withDimensionNames("day", "hour"));
            file.write("celsius", new double[] {11.5, 12, 12.25, 9.75, 10, 10.5});
            file.setAttribute("celsius", "units", Value.of("degC"));
            file.flush();
        }
        try (ArrayFile file = ArrayFile.open(Path.of("weather.af"))) {
            double[] tomorrow = file.readDoubles("celsius", Region.of(new long[] {1, 0}, new long[] {1, 3}));
            System.out.println("tomorrow: " + Arrays.toString(tomorrow) + " " + file.attribute("celsius", "units"));
        }
    }
}
