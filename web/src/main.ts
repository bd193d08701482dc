import { mount } from 'svelte';
import './desk.css';
import App from './App.svelte';

const target = document.getElementById('page');
if (target) mount(App, { target });
