# The machine's name is for its provider; at the prompt one looks for the folder.
PS1='\[\e[34m\]\w\[\e[0m\] \$ '
