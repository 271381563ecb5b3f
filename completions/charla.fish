# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of charla's command line for fish.

complete -c charla -f -a '(__fish_print_hostnames)'
complete -c charla -s p -l port -x -d 'wait on this port'
complete -c charla -l bind -x -d 'wait on this address only'
complete -c charla -s n -l name -x -d 'the name the other person sees'
complete -c charla -l dir -x -a '(__fish_complete_directories)' -d 'where received files go'
complete -c charla -l data -x -a '(__fish_complete_directories)' -d 'keep key and history in this folder'
complete -c charla -l config -r -F -d 'read this instead of charla.conf'
complete -c charla -l keep-mode -d 'let programs stay programs'
complete -c charla -l at-once -x -d 'send so many at once'
complete -c charla -l incognito -d 'keep nothing of what is said'
complete -c charla -l plain -d 'write lines'
complete -c charla -l theme -x -a 'auto dark light mono' -d colours
complete -c charla -l time-format -x -d 'the time in front of a line'
complete -c charla -l notify -x -a 'none bell osc9 osc99 osc777' -d 'while you look away'
complete -c charla -l notify-text -d 'say in it what came'
complete -c charla -l mouse -d 'take the wheel and clicks'
complete -c charla -l title -d 'write into the title of the window'
complete -c charla -l progress -d 'tell the terminal how far it is'
complete -c charla -l links -d 'make web addresses links'
complete -c charla -s h -l help -d 'show a short help'
complete -c charla -s V -l version -d 'show the version'
