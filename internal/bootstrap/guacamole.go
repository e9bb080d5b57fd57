package bootstrap

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/dictumal/dictumal"
)

// The images that Apache Guacamole's project publishes. The digest is that of the
// list of all architectures which the tag stands for.
const (
	OfficialGuacamole = "docker.io/guacamole/guacamole:1.6.0@sha256:f344085e618bb05e22b964b0208dbd06d3468275bac70206f93805245e067b40"
	OfficialGuacd     = "docker.io/guacamole/guacd:1.6.0@sha256:8974eaa9ba32f713daf311e7cc8cd7e4cdfba1edea39eed75524e78ef4b08f4f"
)

// Guacamole is what a machine with the guacamole stream is made from besides.
type Guacamole struct {
	PasswordFile   []byte // of the VNC server, as vncpasswd writes it: 8 bytes
	JSONKey        []byte // signs and encrypts logins: 16 bytes
	GuacamoleImage string
	GuacdImage     string
}

// Private

// check tells what is wrong with the stream's part of the input, in a sentence.
func (g *Guacamole) check() error {
	switch {
	case g == nil:
		return dictumal.NewError(dictumal.CodeInvalid, "A machine with the guacamole stream needs its secret and its images.")
	case len(g.PasswordFile) != passwordBytes || len(g.JSONKey) != keyBytes:
		return dictumal.NewError(dictumal.CodeInvalid, fmt.Sprintf(
			"The guacamole stream needs a VNC password file of %d bytes and a key of %d.", passwordBytes, keyBytes))
	}
	for _, image := range []string{g.GuacamoleImage, g.GuacdImage} {
		if !ValidImage(image) {
			return dictumal.NewError(dictumal.CodeInvalid, fmt.Sprintf(
				"%q is no name of a container image. Correct GUACAMOLE_IMAGE or GUACD_IMAGE.", image))
		}
	}
	return nil
}

// files are what the machine holds for the stream: programs and settings, the
// secrets for root's eyes, and the images by which its units run.
func (g *Guacamole) files() []File {
	images := fmt.Sprintf("GUACAMOLE_IMAGE=%s\nGUACD_IMAGE=%s\n", g.GuacamoleImage, g.GuacdImage)
	return append(embedded("guacamole"),
		File{"/etc/dictumal/guacamole.env", 0o600, []byte("JSON_SECRET_KEY=" + hex.EncodeToString(g.JSONKey) + "\n")},
		File{"/etc/dictumal/images.env", 0o644, []byte(images)},
		File{passwordPath, 0o600, slices.Clone(g.PasswordFile)},
	)
}

// largest stands for whatever will be known when a machine is ordered: nothing in it
// repeats, so that it takes as much room as any.
func largest() *Guacamole {
	random := make([]byte, passwordBytes+keyBytes+maxImage)
	_, _ = rand.Read(random) // it never fails
	name := hex.EncodeToString(random)
	return &Guacamole{
		PasswordFile: random[:passwordBytes], JSONKey: random[passwordBytes:][:keyBytes],
		GuacamoleImage: name[:maxImage], GuacdImage: name[maxImage : 2*maxImage],
	}
}

const (
	passwordBytes = 8
	keyBytes      = 16
	passwordPath  = "/etc/dictumal/vnc.passwd"
)
