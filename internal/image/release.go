package image

// release is the distribution's release that machines run.
type release struct {
	os    string
	suite string
	kin   []string // suites whose mirrors have this one too
	parts []string // of the archive
	keys  string   // a file with the keys that sign it, where the host's own may not
}

func debian() release {
	return release{os: "debian", suite: "bookworm", kin: []string{"bookworm", "trixie", "forky"}, parts: []string{"main"}}
}

// ubuntu is what most clouds offer. Its desktop packages are in universe.
func ubuntu() release {
	return release{
		os: "ubuntu", suite: "noble", kin: []string{"noble", "plucky", "questing"}, parts: []string{"main", "universe"},
		keys: "/usr/share/keyrings/ubuntu-archive-keyring.gpg",
	}
}
