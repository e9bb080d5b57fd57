package bootstrap

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// cloudConfig is the part of cloud-init's language that is used here.
type cloudConfig struct {
	Hostname       string      `json:"hostname"`
	Users          []user      `json:"users"`
	DisableRoot    bool        `json:"disable_root"`
	DeleteHostKeys bool        `json:"ssh_deletekeys"`
	HostKeys       hostKeys    `json:"ssh_keys"`
	PublishKeys    publishKeys `json:"ssh_publish_hostkeys"`
	AuthorizedKeys []string    `json:"ssh_authorized_keys"`
	WriteFiles     []writeFile `json:"write_files"`
	BootCommands   [][]string  `json:"bootcmd"`
	// The module lists are ours, so that the files are there before the boot
	// command that reads them, and nothing is run that the machine does not need.
	InitModules   []string `json:"cloud_init_modules"`
	ConfigModules []string `json:"cloud_config_modules"`
	FinalModules  []string `json:"cloud_final_modules"`
}

type hostKeys struct {
	Private string `json:"ed25519_private"`
	Public  string `json:"ed25519_public"`
}

// user names root alone, so that no distribution's default account is made. Its
// password is left as it is: sshd takes a locked account for a closed one.
type user struct {
	Name string `json:"name"`
	Lock bool   `json:"lock_passwd"`
}

type publishKeys struct {
	Enabled bool `json:"enabled"`
}

// writeFile carries its content as base64 only.
type writeFile struct {
	Path        string `json:"path"`
	Owner       string `json:"owner"`
	Permissions string `json:"permissions"`
	Encoding    string `json:"encoding"`
	Content     string `json:"content"`
}

func newCloudConfig(in Input) (cloudConfig, error) {
	base, err := baseArchive()
	if err != nil {
		return cloudConfig{}, err
	}
	deployment, err := deploymentArchive(in)
	if err != nil {
		return cloudConfig{}, err
	}
	return cloudConfig{
		Hostname:       in.Hostname,
		Users:          []user{{Name: "root"}},
		DeleteHostKeys: true,
		HostKeys:       hostKeys{Private: in.HostKey.PrivatePEM, Public: in.HostKey.PublicLine},
		AuthorizedKeys: []string{in.AuthorizedKey},
		WriteFiles: []writeFile{
			newWriteFile("/var/lib/dictumal/payload/base.tar.gz", "0600", base),
			newWriteFile("/var/lib/dictumal/payload/deployment.tar.gz", "0600", deployment),
			newWriteFile("/var/lib/dictumal/payload/begin", "0700", []byte(begin)),
		},
		BootCommands: [][]string{
			{"/bin/sh", "/var/lib/dictumal/payload/begin", Version()},
		},
		InitModules: []string{
			"seed_random", "write-files", "bootcmd", "growpart", "resizefs",
			"set_hostname", "update_hostname", "users-groups", "ssh",
		},
		ConfigModules: []string{},
		FinalModules:  []string{},
	}, nil
}

func newWriteFile(path, permissions string, content []byte) writeFile {
	return writeFile{
		Path: path, Owner: "root:root", Permissions: permissions,
		Encoding: "b64", Content: base64.StdEncoding.EncodeToString(content),
	}
}

func (c cloudConfig) encode() (string, error) {
	var text bytes.Buffer
	text.WriteString("#cloud-config\n")
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(c); err != nil {
		return "", fmt.Errorf("encode the user-data: %w", err)
	}
	return text.String(), nil
}
