package bootstrap

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What Tomcat's image comes with, as far as the hook changes it.
const server = `<Server port="8005" shutdown="SHUTDOWN">
  <Service name="Catalina">
    <Connector port="8080" protocol="HTTP/1.1"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost"><Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs"/></Host>
    </Engine>
  </Service>
</Server>
`

func TestTheHookBindsTomcatToLoopback(t *testing.T) {
	if _, err := exec.LookPath("xmlstarlet"); err != nil {
		t.Skip("The program xmlstarlet, which the image has, is missing here.")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, "conf/server.xml")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(server), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "bash", "-e", "guacamole/etc/dictumal/loopback.sh")
	command.Env = append(os.Environ(), "CATALINA_BASE="+folder)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<Connector port="8080" protocol="HTTP/1.1" address="127.0.0.1"/>`, `<Server port="-1"`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("does not say %s:\n%s", want, got)
		}
	}
	if strings.Contains(string(got), "AccessLogValve") {
		t.Errorf("keeps a record of requests:\n%s", got)
	}
}
