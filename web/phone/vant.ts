// The styles of the Vant parts in use, and no others.
import 'vant/es/button/style'
import 'vant/es/nav-bar/style'
import 'vant/es/popup/style'
import 'vant/es/pull-refresh/style'
import 'vant/es/switch/style'
