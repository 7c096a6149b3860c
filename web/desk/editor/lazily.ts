// A part of the editor that is fetched when it is first opened; where it cannot be, that is said in its place.
import { defineAsyncComponent, type AsyncComponentLoader } from 'vue'
import Unread from './Unread.vue'

export const lazily = (loader: AsyncComponentLoader) => defineAsyncComponent({ loader, errorComponent: Unread })
